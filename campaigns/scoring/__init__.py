"""A score learned from own calls: trained, compared with the points card on calls it has not seen, and used only
when a person says so."""
