"""Private conversations: Rasa as a supervised child, what it is asked, and what it may ask."""
