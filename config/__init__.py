"""The site: settings, addresses, errors, health, the task queue, and the services of a local installation."""
