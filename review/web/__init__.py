"""How pages, actions and errors of the desk are made, and what guards them."""
