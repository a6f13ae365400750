"""How the parts become one program: start-up, one window per profile, the account that is shown, files and links."""
