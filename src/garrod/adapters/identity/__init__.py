"""Who asks: tokens of the site's issuer, and what their claims make of whoever brings them."""
