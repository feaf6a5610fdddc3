// Before the card is painted: whoever has closed it does not see it again.
if (window.localStorage.getItem('start') === 'closed') document.documentElement.classList.add('start-closed')
