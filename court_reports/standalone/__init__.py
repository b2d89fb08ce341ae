"""What is handed out to be run elsewhere: it imports nothing of ours, and nothing of ours imports it."""
