"""The pages where a governance officer decides whether looks at records need looking into."""
