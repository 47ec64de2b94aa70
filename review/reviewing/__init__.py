"""The review screen: one doubtful thing at a time, answered with the keyboard."""
