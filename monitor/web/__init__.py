"""What the process answers over HTTP: its health now; the review console stands here too when it comes."""
