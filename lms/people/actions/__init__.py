"""What can be done about accounts and sign-ins, one verb per function."""
