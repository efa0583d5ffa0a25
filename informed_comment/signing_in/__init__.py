"""Staff sign-in: password, second step, and what follows; docs/decisions/0048 says why it is as it is."""
