"""Every command, one small file each: parses, calls one function, prints. app.py lists them."""
