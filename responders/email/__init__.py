"""E-mail as the help desk: cases go out by SMTP, and replies come in by SMTP."""
