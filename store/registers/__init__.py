"""The program's registers over the store's tables: whom forms mean, what people decided, what is due."""
