"""Pure rules of accounts and sign-ins."""
