// What a shop pastes above the script tag: calls made before the script has loaded wait here, each with its own time, URL,
// title and referrer, in the order tag.js replays them. It stores and sends nothing.
if (typeof window !== 'undefined')
  window.cartbeacon =
    window.cartbeacon ||
    function (...call) {
      ;(cartbeacon.q = cartbeacon.q || []).push([Date.now(), location.href, document.title, document.referrer, ...call])
    }
