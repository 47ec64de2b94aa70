"""The store side of the desk: accounts, the inbox, the review queue, answers, samples and figures."""
