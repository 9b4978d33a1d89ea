package catalog

import (
	"strings"

	"writ/internal/effect"
)

// queuePrograms are clients and administrators of message brokers and coordinators.
var queuePrograms = func() map[string]program {
	out := map[string]program{
		"rpk": asDB(service{}.look), "nats": asDB(service{minor: "kv del, kv rm"}.look), "nsc": service{}.look, "rabbitmqctl": rabbitmqctl, "rabbitmqadmin": asDB(service{valued: "H host P port u username p password V vhost c config f format"}.look), "rabbitmq-diagnostics": dbFixed(effect.DBRead, "rabbitmq"), "rabbitmq-plugins": dbFixed(effect.DBAdmin, "rabbitmq:plugins"), "rabbitmq-queues": asDB(service{}.look), "rabbitmq-upgrade": dbFixed(effect.DBAdmin, "rabbitmq:upgrade"),
		"kcat": kcat, "kafkacat": kcat, "kafkactl": asDB(service{}.look), "kaf": asDB(service{}.look), "topicctl": asDB(service{}.look), "zookeeper-shell": zookeeper, "zkcli": zookeeper, "zkcli.sh": zookeeper, "celery": celery, "rq": rq, "sidekiq": dbFixed(effect.Exec, "sidekiq"), "beanstalkd-cli": asDB(service{}.look), "mosquitto_pub": dbFixed(effect.DBWrite, "mqtt:publish"), "mosquitto_sub": dbFixed(effect.DBRead, "mqtt:subscribe"), "artemis": asDB(service{}.look), "activemq": asDB(service{}.look),
	}
	for _, n := range strings.Fields("topics consumer-groups configs acls delete-records leader-election reassign-partitions streams-application-reset storage features metadata-quorum transactions console-consumer console-producer broker-api-versions log-dirs dump-log get-offsets verifiable-producer server-start server-stop") {
		out["kafka-"+n] = kafka
		out["kafka-"+n+".sh"] = kafka
	}
	return out
}()

// asDB turns effects on a control plane into those on a store of data.
func asDB(p program) program {
	return func(c Call) Outcome {
		out := p(c)
		for i := range out.Effects {
			switch out.Effects[i].Kind {
			case effect.CloudDestroy, effect.CloudControl:
				out.Effects[i].Kind = effect.DBDestroy
			case effect.CloudWrite:
				out.Effects[i].Kind = effect.DBWrite
			case effect.CloudRead:
				out.Effects[i].Kind = effect.DBRead
			case effect.CloudPerm:
				out.Effects[i].Kind = effect.DBAdmin
			}
		}
		return out
	}
}

// kafka's tools say what to do by options.
func kafka(c Call) Outcome {
	l := loosely(c.Args[1:], "bootstrap-server topic group command-config zookeeper partitions replication-factor config entity-type entity-name operation")
	name := strings.TrimSuffix(strings.TrimPrefix(c.Name(), "kafka-"), ".sh")
	target := "kafka:" + name
	switch {
	case l.dry() || l.on("verify", "list", "describe", "generate") && !l.on("delete", "execute", "remove"):
		return one(made(c, effect.DBRead, target))
	case l.has("delete", "delete-config", "delete-offsets", "remove") || name == "delete-records" || name == "streams-application-reset":
		return one(made(c, effect.DBDestroy, target))
	case l.has("reset-offsets", "execute"):
		return one(made(c, effect.DBDestroy, target, "offsets"))
	case name == "acls" && l.has("add"):
		return one(made(c, effect.DBAdmin, target))
	case name == "server-stop":
		return one(made(c, effect.SysService, "kafka", "stop"))
	case l.has("create", "alter") || name == "console-producer" || name == "leader-election":
		return one(made(c, effect.DBWrite, target))
	}
	return one(made(c, effect.DBRead, target))
}

func kcat(c Call) Outcome {
	l := loosely(c.Args[1:], "b t p o F G X")
	if l.has("P") {
		return one(made(c, effect.DBWrite, "kafka:produce"))
	}
	return one(made(c, effect.DBRead, "kafka:consume"))
}

// rabbitmqctl has its verbs with underscores: delete_vhost, list_queues.
func rabbitmqctl(c Call) Outcome {
	l := loosely(c.Args[1:], "n node p vhost t timeout l longnames")
	op := l.word(0)
	first, _, _ := strings.Cut(op, "_")
	switch {
	case op == "eval" || op == "eval_file":
		return one(made(c, effect.ExecInline, "rabbitmqctl eval", "eval"))
	case strings.Contains(" delete purge reset force forget clear close stop shutdown hipe drop decommission ", " "+first+" "):
		return one(made(c, effect.DBDestroy, "rabbitmq:"+op))
	case op == "add_user" || op == "set_permissions" || op == "change_password" || op == "set_user_tags" || op == "set_topic_permissions":
		return one(made(c, effect.DBAdmin, "rabbitmq:"+op))
	case strings.Contains(" list status cluster report environment version node ping await authenticate export hash encode decode help check ", " "+first+" "):
		return one(made(c, effect.DBRead, "rabbitmq:"+op))
	}
	return one(made(c, effect.DBWrite, "rabbitmq:"+op))
}

func zookeeper(c Call) Outcome {
	l := loosely(c.Args[1:], "server timeout")
	for _, w := range l.words {
		switch strings.ToLower(w.Text) {
		case "deleteall", "delete", "rmr":
			return one(made(c, effect.DBDestroy, "zookeeper:"+strings.ToLower(w.Text)))
		case "create", "set", "setacl":
			return one(made(c, effect.DBWrite, "zookeeper:"+strings.ToLower(w.Text)))
		}
	}
	return one(made(c, effect.DBRead, "zookeeper"))
}

// celery sends tasks to workers elsewhere; purge throws the waiting ones away.
func celery(c Call) Outcome {
	l := loosely(c.Args[1:], "A app b broker Q queue l loglevel args kwargs")
	switch {
	case l.word(0) == "purge" || l.phrase(2) == "control shutdown" || l.phrase(2) == "control revoke":
		return one(made(c, effect.DBDestroy, "celery:"+l.phrase(2)))
	case l.word(0) == "call":
		out := one(made(c, effect.AgentMessage, "celery:"+l.word(1), "task"))
		for _, text := range quotedTexts(l.value("args", "kwargs", "a", "k")) {
			out.Nested = append(out.Nested, Nested{Kind: NestedShell, Text: known(text), Remote: true, Via: "celery call"})
		}
		return out
	case l.word(0) == "inspect" || l.word(0) == "status" || l.word(0) == "report" || l.word(0) == "list" || l.word(0) == "events":
		return one(made(c, effect.DBRead, "celery:"+l.word(0)))
	}
	return one(made(c, effect.Exec, "celery"))
}

// quotedTexts are the strings of a document that look like shell lines: with a blank and a pipe or a flag.
func quotedTexts(doc string) []string {
	var out []string
	for i, part := range strings.Split(doc, `"`) {
		if i%2 == 1 && strings.Contains(part, " ") && (strings.Contains(part, "|") || strings.Contains(part, " -")) {
			out = append(out, part)
		}
	}
	return out
}

func rq(c Call) Outcome {
	l := loosely(c.Args[1:], "u url q queue")
	switch l.word(0) {
	case "empty":
		return one(made(c, effect.DBDestroy, "rq:empty"))
	case "enqueue":
		return one(made(c, effect.AgentMessage, "rq:enqueue", "task"))
	}
	return one(made(c, effect.DBRead, "rq:"+l.word(0)))
}
