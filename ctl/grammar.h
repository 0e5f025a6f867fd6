/* SPDX-License-Identifier: GPL-2.0 */
/* The keys of a policy file: tree -> model. */
#ifndef CTL_GRAMMAR_H
#define CTL_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diag.h"
#include "model.h"
#include "names.h"
#include "yaml.h"

/**
 * struct key_parser - what to do with the value of a key
 * @parse: does it; the diag has an error afterwards when it is bad
 * @required: a map without the key is an error
 */
struct key_parser {
	void (*parse)(const struct yaml_node *key,
		      const struct yaml_node *value, void *into,
		      struct diag *diag);
	bool required;
};

void grammar_policy(const struct yaml_node *root, struct policy *policy,
		    struct diag *diag);
void grammar_rules(const struct yaml_node *list, uint32_t class,
		   struct policy_tenant *tenant, struct diag *diag);

bool grammar_map(const struct yaml_node *map, const char *what,
		 const struct name *keys, const struct key_parser *parsers,
		 void *into, struct diag *diag);
bool grammar_is(const struct yaml_node *key, const struct yaml_node *value,
		enum yaml_kind kind, struct diag *diag);
void grammar_each(const struct yaml_node *key, const struct yaml_node *value,
		  void (*take)(const struct yaml_node *item, void *into,
			       struct diag *diag),
		  void *into, struct diag *diag);

#endif /* CTL_GRAMMAR_H */
