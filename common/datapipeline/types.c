/* SPDX-License-Identifier: MIT */
#include "common/datapipeline/types.h"
#include "common/text/ascii.h"
#include "common/text/nearest.h"

/*
 * "name:k!|g": kind k (s if none is given), ! required, |g in group g. Every type has parent, too.
 */
#define RUNS                                                                                       \
	"attemptStatus attemptTimeout:p failureAndRerunMode:e lateAfterTimeout:p "                 \
	"maximumRetries:i "                                                                        \
	"onFail:r onLateAction:r onSuccess:r reportProgressTimeout:p retryDelay:p "
#define PLANNED RUNS "schedule:r scheduleType:e maxActiveInstances:i pipelineLogUri "
#define NEEDS PLANNED "dependsOn:r precondition:r "
#define ACTIVITY NEEDS "input:r output:r runsOn:r|w workerGroup|w "
#define DATA_NODE NEEDS "runsOn:r workerGroup "
#define CONDITION RUNS "preconditionTimeout:p "
#define RESOURCE                                                                                   \
	PLANNED "actionOnResourceFailure:e actionOnTaskFailure:e availabilityZone httpProxy:r "    \
		"initTimeout:p keyPair region resourceRole! role! subnetId terminateAfter:p "      \
		"useOnDemandOnLastAttempt:b "
#define TASK_CONFIG "postActivityTaskConfig:r preActivityTaskConfig:r "
#define RESIZE "resizeClusterBeforeRunning:b resizeClusterMaxInstances:i "
#define SQL_NODE DATA_NODE "table! createTableSql database:r insertQuery schemaName selectQuery "

static const struct dp_type {
	const char *name;
	enum dp_class class;
	const char *slots;
} types[] = {
    {"ShellCommandActivity", DP_ACTIVITY,
	ACTIVITY "command|c scriptUri|c scriptArgument stage:b stderr stdout "},
    {"CopyActivity", DP_ACTIVITY, ACTIVITY},
    {"EmrActivity", DP_ACTIVITY, ACTIVITY RESIZE "postStepCommand preStepCommand step "},
    {"HadoopActivity", DP_ACTIVITY, ACTIVITY TASK_CONFIG "jarUri! argument hadoopQueue mainClass "},
    {"HiveActivity", DP_ACTIVITY,
	ACTIVITY TASK_CONFIG RESIZE "hiveScript|c scriptUri|c hadoopQueue scriptVariable stage:b "},
    {"HiveCopyActivity", DP_ACTIVITY, ACTIVITY TASK_CONFIG RESIZE "filterSql "},
    {"PigActivity", DP_ACTIVITY,
	ACTIVITY TASK_CONFIG RESIZE "script|c scriptUri|c scriptVariable stage:b "},
    {"RedshiftCopyActivity", DP_ACTIVITY,
	ACTIVITY "insertMode:e! commandOptions queue transformSql "},
    {"SqlActivity", DP_ACTIVITY, ACTIVITY "database:r! script|c scriptUri|c queue scriptArgument "},
    {"S3DataNode", DP_DATA_NODE,
	DATA_NODE "compression:e dataFormat:r directoryPath filePath manifestFilePath "
		  "s3EncryptionType:e "},
    {"DynamoDBDataNode", DP_DATA_NODE,
	DATA_NODE
	"tableName! dataFormat:r readThroughputPercent:d region writeThroughputPercent:d "},
    {"MySqlDataNode", DP_DATA_NODE, SQL_NODE},
    {"SqlDataNode", DP_DATA_NODE, SQL_NODE},
    {"RedshiftDataNode", DP_DATA_NODE,
	DATA_NODE "database:r! tableName! createTableSql primaryKeys schemaName "},
    {"Ec2Resource", DP_RESOURCE,
	RESOURCE "associatePublicIpAddress:b imageId instanceCount:i instanceType "
		 "minInstanceCount:i runAsUser securityGroupIds securityGroups spotBidPrice "},
    {"EmrCluster", DP_RESOURCE,
	RESOURCE
	"additionalMasterSecurityGroupIds additionalSlaveSecurityGroupIds amiVersion applications "
	"bootstrapAction configuration:r coreInstanceBidPrice coreInstanceCount:i coreInstanceType "
	"coreGroupConfiguration:r coreEbsConfiguration:r EbsBlockDeviceConfig:r "
	"emrManagedMasterSecurityGroupId emrManagedSlaveSecurityGroupId enableDebugging "
	"hadoopSchedulerType hadoopVersion masterInstanceBidPrice masterInstanceType "
	"masterGroupConfiguration:r masterEbsConfiguration:r releaseLabel "
	"serviceAccessSecurityGroupId "
	"supportedProducts taskInstanceBidPrice taskInstanceCount:i taskInstanceType "
	"taskGroupConfiguration:r taskEbsConfiguration:r VolumeSpecification:r "},
    {"S3KeyExists", DP_PRECONDITION, CONDITION "role! s3Key! "},
    {"S3PrefixNotEmpty", DP_PRECONDITION, CONDITION "role! s3Prefix! "},
    {"Exists", DP_PRECONDITION, CONDITION},
    {"DynamoDBDataExists", DP_PRECONDITION, CONDITION "role! tableName! "},
    {"DynamoDBTableExists", DP_PRECONDITION, CONDITION "role! tableName! "},
    {"ShellCommandPrecondition", DP_PRECONDITION,
	CONDITION "command|c scriptUri|c scriptArgument stderr stdout "},
    {"SnsAlarm", DP_ACTION, "message! role! subject! topicArn! "},
    {"Terminate", DP_ACTION, ""},
    {"Schedule", DP_SCHEDULE,
	"period:p! startAt:e|s startDateTime:t|s endDateTime:t occurrences:i "},
    {"JdbcDatabase", DP_DATABASE,
	"connectionString! jdbcDriverClass! *password! username! databaseName jdbcDriverJarUri "
	"jdbcProperties "},
    {"RdsDatabase", DP_DATABASE,
	"*password! rdsInstanceId! username! databaseName jdbcDriverJarUri jdbcProperties region "},
    {"RedshiftDatabase", DP_DATABASE,
	"*password! username! clusterId|c connectionString|c databaseName jdbcProperties region "},
    {"CSV", DP_FORMAT, "column escapeChar "},
    {"TSV", DP_FORMAT, "column columnSeparator escapeChar recordSeparator "},
    {"Custom", DP_FORMAT, "columnSeparator! column recordSeparator "},
    {"RegEx", DP_FORMAT, "column inputRegEx outputFormat "},
    {"DynamoDBDataFormat", DP_FORMAT, "column "},
    {"DynamoDBExportDataFormat", DP_FORMAT, "column "},
    {"HttpProxy", DP_UTILITY,
	"hostname! port! *password s3NoProxy:b username windowsDomain windowsWorkgroup "},
    {"ShellScriptConfig", DP_UTILITY, "scriptArgument scriptUri "},
    {"EmrConfiguration", DP_UTILITY, "classification! configuration:r property:r "},
    {"Property", DP_UTILITY, "key! value! "},
};

enum { TYPES = sizeof types / sizeof *types, SLOTS_MAX = 80 };

const struct dp_type *
dp_type_named(struct slice name)
{
	for (size_t i = 0; i < TYPES; i++)
		if (slice_is(name, types[i].name))
			return &types[i];
	return NULL;
}

struct slice
dp_type_near(struct slice name)
{
	struct slice names[TYPES];
	for (size_t i = 0; i < TYPES; i++)
		names[i] = slice_of(types[i].name);
	return nearest_name(name, names, TYPES);
}

enum dp_class
dp_type_class(const struct dp_type *type)
{
	return type->class;
}

enum dp_class
dp_class_of(struct slice name)
{
	const struct dp_type *type = dp_type_named(name);
	return type ? type->class : DP_CLASS_NONE;
}

bool
dp_type_slot(const struct dp_type *type, size_t *at, struct dp_slot *slot)
{
	static const char parent[] = "parent:r ";
	size_t n = strlen(type->slots);
	if (*at >= n + sizeof parent - 1)
		return false;
	const char *p = *at < n ? type->slots + *at : parent;
	size_t name = strcspn(p, ":!| "), all = strcspn(p, " ");
	*slot = (struct dp_slot){.name = {p, name}, .kind = 's'};
	for (size_t i = name; i < all; i++) {
		if (p[i] == ':')
			slot->kind = p[i + 1];
		if (p[i] == '!')
			slot->required = true;
		if (p[i] == '|')
			slot->group = p[i + 1];
	}
	*at += all + 1;
	return true;
}

/* "*password" is the field password whose value is encrypted. */
static bool
same_name(struct slice a, struct slice b)
{
	slice_take(&a, '*');
	slice_take(&b, '*');
	return slice_equal(a, b);
}

bool
dp_type_find(const struct dp_type *type, struct slice name, struct dp_slot *slot)
{
	for (size_t i = 0; i < TYPES; i++) {
		if (type && type != &types[i])
			continue;
		for (size_t at = 0; dp_type_slot(&types[i], &at, slot);)
			if (same_name(slot->name, name))
				return true;
	}
	return false;
}

struct slice
dp_type_near_slot(const struct dp_type *type, struct slice name)
{
	struct slice names[SLOTS_MAX];
	struct dp_slot slot;
	size_t n = 0;
	for (size_t at = 0; n < SLOTS_MAX && dp_type_slot(type, &at, &slot);)
		names[n++] = slot.name;
	return nearest_name(name, names, n);
}

const char *
dp_slot_words(struct slice name)
{
	static const char *const words[][2] = {
	    {"scheduleType", "cron|timeseries|ondemand"},
	    {"failureAndRerunMode", "cascade|none"},
	    {"actionOnTaskFailure", "continue|terminate"},
	    {"actionOnResourceFailure", "retryall|retrynone"},
	    {"startAt", "FIRST_ACTIVATION_DATE_TIME|ONDEMAND_ACTIVATION_TIME"},
	    {"compression", "none|gzip"},
	    {"s3EncryptionType", "none|server_side_encryption"},
	    {"insertMode", "keep_existing|overwrite_existing|truncate|append"},
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_is(name, words[i][0]))
			return words[i][1];
	return NULL;
}

unsigned
dp_slot_classes(struct slice name)
{
	static const struct {
		const char *name;
		unsigned classes;
	} slots[] = {
	    {"schedule", 1u << DP_SCHEDULE},
	    {"onFail", 1u << DP_ACTION},
	    {"onSuccess", 1u << DP_ACTION},
	    {"onLateAction", 1u << DP_ACTION},
	    {"runsOn", 1u << DP_RESOURCE},
	    {"precondition", 1u << DP_PRECONDITION},
	    {"input", 1u << DP_DATA_NODE},
	    {"output", 1u << DP_DATA_NODE},
	    {"database", 1u << DP_DATABASE},
	    {"dataFormat", 1u << DP_FORMAT},
	    {"dependsOn", 1u << DP_ACTIVITY | 1u << DP_DATA_NODE},
	    {"httpProxy", 1u << DP_UTILITY},
	    {"preActivityTaskConfig", 1u << DP_UTILITY},
	    {"postActivityTaskConfig", 1u << DP_UTILITY},
	};
	for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
		if (slice_is(name, slots[i].name))
			return slots[i].classes;
	return 0;
}

const char *dp_class_name(enum dp_class class)
{
	static const char *const names[] = {"an object without a type", "an activity",
	    "a data node", "a resource", "a precondition", "an action (SnsAlarm, Terminate)",
	    "a Schedule", "a database", "a data format", "an object of configuration"};
	return names[class];
}

bool
dp_period(struct slice text, int64_t *seconds)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = {{"minute", 60}, {"hour", 3600}, {"day", 86400}, {"week", 7 * 86400},
	    {"month", 30 * 86400}, {"year", 365 * 86400}};
	size_t digits = 0;
	int64_t n;
	while (digits < text.n && is_digit(text.p[digits]))
		digits++;
	struct slice number = {text.p, digits}, unit = {text.p + digits, text.n - digits};
	if (!unit.n || *unit.p != ' ' || !parse_integer(number, 1, 1000000, &n))
		return false;
	unit = slice_trim(unit);
	if (unit.n && (unit.p[unit.n - 1] == 's' || unit.p[unit.n - 1] == 'S'))
		unit.n--;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (slice_equal_caseless(unit, slice_of(units[i].name))) {
			*seconds = n * units[i].seconds;
			return true;
		}
	return false;
}
