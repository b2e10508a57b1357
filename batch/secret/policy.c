/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "batch/secret/heads.h"
#include "common/json/json_write.h"
#include "common/web/xml.h"

/* The verb policy: the least IAM policy that reads the secrets, as JSON. */

struct resources {
	struct buf text; /* the strings of a JSON array */
	size_t n;
};

/* The account of the credentials, if --account does not name it. */
static const char *
account(struct aws *aws)
{
	static char id[16];
	struct aws_answer answer = {0};
	struct failure f = {0};
	struct buf found = {.max = sizeof id - 1};
	if (settings.account)
		return settings.account;
	if (id[0])
		return id;
	struct aws_request q = {.service = &aws_sts,
	    .method = "POST",
	    .target = "/",
	    .headers = SLICE("Content-Type: application/x-www-form-urlencoded; charset=utf-8\n"),
	    .body = SLICE("Action=GetCallerIdentity&Version=2011-06-15"),
	    .has_body = true};
	if (!aws_send(aws, &q, &answer, &f))
		die(f.status, "cannot ask for the account: %s; --account sets it", f.text);
	if (!xml_find_text(buf_slice(&answer.body), "Account", &found) || !found.n || found.failed)
		die(STATUS_DATA, "STS gave no account; --account sets it");
	memcpy(id, found.p, found.n);
	buf_free(&found);
	aws_answer_wipe(&answer);
	return id;
}

/* Adds a string, once. */
static void
add(struct resources *r, struct slice arn)
{
	struct buf quoted_arn = {0};
	if (!json_write_text(&quoted_arn, arn))
		die(STATUS_USAGE, "%s is not UTF-8", quoted(arn));
	buf_put_byte(&quoted_arn, '\0');
	buf_put_byte(&r->text, '\0');
	buf_check(&quoted_arn, "an ARN", NULL);
	buf_check(&r->text, "the policy", NULL);
	r->text.n--;
	if (!strstr(r->text.p, quoted_arn.p)) {
		buf_printf(&r->text, "%s\n        %s", r->n ? "," : "", quoted_arn.p);
		r->n++;
	}
	buf_free(&quoted_arn);
}

static void
add_source(
    struct aws *aws, const char *source, struct resources *parameters, struct resources *secrets)
{
	const char *rest;
	struct slice name, selector;
	struct buf arn = {0};
	struct failure f = {0};
	enum secret_kind kind = secret_kind(source, &rest);
	if (kind != SECRET_SSM && kind != SECRET_SECRETSMANAGER)
		return;
	if (kind == SECRET_SSM && !secrets_parameter(rest, &name, &selector))
		die(STATUS_USAGE, "%s is not the name of a parameter", quoted(slice_of(source)));
	if (kind == SECRET_SECRETSMANAGER)
		name = (struct slice){rest, strcspn(rest, "#")};
	if (name.n > 4 && memcmp(name.p, "arn:", 4) == 0) {
		buf_put_slice(&arn, name);
	} else {
		const char *region = aws_region(aws, &f);
		if (!region)
			die(f.status, "%s", f.text);
		buf_printf(&arn, "arn:%s:%s:%s:%s:%s", aws_partition(region),
		    kind == SECRET_SSM ? "ssm" : "secretsmanager", region, account(aws),
		    kind == SECRET_SSM ? "parameter" : "secret:");
		buf_put_text(&arn, kind == SECRET_SSM && name.p[0] != '/' ? "/" : "");
		buf_put_slice(&arn, name);
		/* AWS adds a hyphen and six characters to the name of a secret. */
		buf_put_text(&arn, kind == SECRET_SSM ? ""
						      : "-??"
							"????");
	}
	buf_check(&arn, "an ARN", NULL);
	add(kind == SECRET_SSM ? parameters : secrets, buf_slice(&arn));
	buf_free(&arn);
}

/* A statement; condition is the text of one or empty. */
static void
put_statement(struct buf *b, const char *action, const struct resources *r, const char *condition)
{
	if (!r->n)
		return;
	buf_printf(b,
	    "%s\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": \"%s\",\n"
	    "      \"Resource\": [%.*s\n      ]%s\n    }",
	    b->n && b->p[b->n - 1] == '}' ? "," : "", action, (int)r->text.n, r->text.p, condition);
}

/* A key of one's own may decrypt for these services only. */
static void
put_key(struct buf *b, struct aws *aws, bool parameters, bool secrets)
{
	struct resources key = {0};
	struct buf condition = {0};
	struct failure f = {0};
	const char *region = aws_region(aws, &f);
	if (!region)
		die(f.status, "%s", f.text);
	if (strncmp(settings.kms_key, "arn:", 4) != 0)
		die(STATUS_USAGE, "--kms-key: %s is not the ARN of a key",
		    quoted(slice_of(settings.kms_key)));
	add(&key, slice_of(settings.kms_key));
	const char *domain = aws_domain(region);
	buf_put_text(&condition, ",\n      \"Condition\": {\n        \"StringEquals\": {\n"
				 "          \"kms:ViaService\": [");
	if (parameters)
		buf_printf(&condition, "\n            \"ssm.%s.%s\"", region, domain);
	if (secrets)
		buf_printf(&condition, "%s\n            \"secretsmanager.%s.%s\"",
		    parameters ? "," : "", region, domain);
	buf_put_text(&condition, "\n          ]\n        }\n      }");
	buf_put_byte(&condition, '\0');
	buf_check(&condition, "the policy", NULL);
	put_statement(b, "kms:Decrypt", &key, condition.p);
	buf_free(&condition);
	buf_free(&key.text);
}

enum status
policy_run(const struct operands *operands)
{
	struct needs needs = {0};
	struct resources parameters = {0}, secrets = {0};
	struct aws *aws = open_aws();
	struct buf b = {0};
	for (size_t i = 0; i < operands->n; i++) {
		const char *name = operands->items[i], *rest;
		if (secret_kind(name, &rest) == SECRET_LITERAL)
			needs_add_batch(&needs, name);
		else
			needs_add(&needs, "", SLICE("-"), slice_of(name));
	}
	for (size_t i = 0; i < needs.n; i++)
		add_source(aws, needs.list[i].source, &parameters, &secrets);
	if (!parameters.n && !secrets.n)
		die(STATUS_CONFIG, "none of these secrets is read from AWS: they need no policy");
	buf_put_text(&b, "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [");
	put_statement(&b, "ssm:GetParameters", &parameters, "");
	put_statement(&b, "secretsmanager:GetSecretValue", &secrets, "");
	if (settings.kms_key)
		put_key(&b, aws, parameters.n > 0, secrets.n > 0);
	buf_put_text(&b, "\n  ]\n}\n");
	buf_check(&b, "the policy", NULL);
	put_output(buf_slice(&b));
	return STATUS_OK;
}
