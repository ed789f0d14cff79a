"""Charts and tables of the models, one module a model."""
