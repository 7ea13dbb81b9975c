"""ACT: one thing the bot can do a file. Each makes a value; storing and sending it is somebody else's."""
