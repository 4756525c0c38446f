"""To whom an agent may pass a call on."""
