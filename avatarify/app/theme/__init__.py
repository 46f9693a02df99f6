"""How the application looks: colours, style sheet, icons."""
