"""The browser as a telephone: what the page of a signed-in person needs for its sound."""
