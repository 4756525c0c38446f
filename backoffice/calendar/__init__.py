"""The company's calendar: which days are worked, and how days are counted."""
