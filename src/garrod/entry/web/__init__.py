"""The clinic on screen: pages for a browser, whole without a script."""
