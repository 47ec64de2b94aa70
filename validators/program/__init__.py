"""The program itself: who may do what, until when, and why. A pure fold over what is known."""
