"""Office of Foreign Assets Control of the United States: its two lists of sanctioned parties."""
