"""Sentences that a page shows after an action, by the code in its address."""

NOTICES = {
    "signed-out": "You are signed out.",
    "saved": "Saved.",
    "line-moved": "The line is moved; what is read from now on goes by it.",
    "accepted-again": "The rejection is taken back; what it had closed is open again.",
    "signed-out-everywhere": "The account is signed out everywhere.",
    "assigned": "The faxes are assigned.",
    "reread": "The faxes will be read again; this takes a moment each.",
}
