/* SPDX-License-Identifier: GPL-2.0 */
/* Structs -> JSON for programs. */
#ifndef CTL_JSON_H
#define CTL_JSON_H

#include <stdbool.h>
#include <stdio.h>

#include "compare.h"
#include "decode.h"
#include "diag.h"
#include "fetch.h"
#include "model.h"

struct json_object;

struct json_object *json_text(const char *text);
struct json_object *json_tenant(const struct tenant_state *state,
				bool with_rules);
struct json_object *json_rule(const struct policy_rule *rule);
struct json_object *json_status(const struct status *status);
struct json_object *json_member(const struct member *member);
struct json_object *json_event(const struct event *event);
struct json_object *json_changes(const struct comparison *comparison);
struct json_object *json_udiff(const struct comparison *comparison,
			       uint64_t generation);
struct json_object *json_diag(const struct diag *diag);

void json_put(struct json_object *object, const char *key,
	      struct json_object *value);
void json_put_u64(struct json_object *object, const char *key, uint64_t value);
void json_put_text(struct json_object *object, const char *key,
		   const char *text);
int json_write(struct json_object *object, bool compact, FILE *out);

#endif /* CTL_JSON_H */
