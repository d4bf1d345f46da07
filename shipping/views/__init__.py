"""Pages of shipping: shipments and their papers; traces, damages and claims."""
