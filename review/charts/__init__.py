"""Pictures drawn by the server: SVG without a style of its own, so that the page's colors and themes hold."""
