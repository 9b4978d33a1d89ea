package catalog

import (
	"strings"

	"writ/internal/effect"
)

// migratePrograms change a database's shape; some of their commands empty it.
var migratePrograms = func() map[string]program {
	out := map[string]program{}
	for name, m := range migrators {
		out[name] = m.look
	}
	return out
}()

// migrator describes a tool by commands that empty or shrink a database, those that write and those that read.
type migrator struct{ destroy, write, read string }

var migrators = map[string]migrator{
	"prisma":    {"migrate reset, db push --force-reset, db push --accept-data-loss", "migrate deploy, migrate dev, db push, db seed, migrate resolve, db execute", "generate, studio, format, validate, migrate status, migrate diff, db pull, version, init"},
	"alembic":   {"downgrade", "upgrade, stamp", "current, history, heads, show, branches, check, revision, merge, init, list_templates"},
	"flyway":    {"clean, undo", "migrate, baseline, repair", "info, validate, version"},
	"liquibase": {"dropall, drop-all, rollback, rollbackcount, rollback-count, rollbacktodate, rollback-to-date, rollback-one-changeset", "update, updatecount, update-count, changelogsync, tag, release-locks, clear-checksums", "status, validate, diff, history, updatesql, update-sql, diffchangelog, generatechangelog, generate-changelog, rollback-sql"},
	"knex":      {"migrate:rollback, migrate:down", "migrate:latest, migrate:up, seed:run", "migrate:list, migrate:status, migrate:make, migrate:currentversion, init, seed:make"},
	"sequelize": {"db:drop, db:migrate:undo, db:migrate:undo:all, db:seed:undo:all, db:seed:undo", "db:migrate, db:seed, db:seed:all, db:create", "db:migrate:status, model:generate, migration:generate, init"}, "sequelize-cli": {"db:drop, db:migrate:undo, db:migrate:undo:all, db:seed:undo:all, db:seed:undo", "db:migrate, db:seed, db:seed:all, db:create", "db:migrate:status, model:generate, migration:generate, init"},
	"typeorm":     {"schema:drop, migration:revert", "schema:sync, migration:run", "migration:show, schema:log, migration:generate, migration:create, cache:clear, version, init"},
	"drizzle-kit": {"drop, push --force", "push, migrate, up", "generate, check, studio, introspect, pull"},
	"mikro-orm":   {"schema:drop, schema:fresh, migration:down, migration:fresh, database:drop", "schema:update, migration:up, schema:create, seeder:run, database:create", "migration:create, migration:list, migration:check, debug"},
	"dbmate":      {"drop, down, rollback", "up, migrate, create", "status, new, dump, wait"},
	"migrate":     {"drop, down, force", "up, goto", "version, create"}, "migrate-mongo": {"down", "up", "status, create, init"},
	"sqitch": {"revert, rebase", "deploy, checkout", "status, log, plan, verify, add, init, tag, config, target, engine, show"}, "atlas": {"schema clean", "schema apply, migrate apply, migrate push, migrate set", "schema inspect, migrate diff, migrate lint, migrate status, schema diff, migrate hash, version, login, migrate validate, schema fmt, migrate new"},
	"diesel": {"database reset, database drop, migration revert, migration redo", "migration run, setup, database setup", "migration list, migration pending, migration generate, print-schema"}, "sqlx": {"database drop, database reset, migrate revert", "migrate run, database create, database setup, prepare", "migrate info, migrate add"},
	"sea-orm-cli": {"migrate fresh, migrate refresh, migrate reset, migrate down", "migrate up, migrate, migrate init", "migrate status, generate, migrate generate"},
	"ecto":        {"drop, reset, rollback", "migrate, create", ""}, "aerich": {"downgrade", "upgrade, init-db", "history, heads, init, migrate, inspectdb"}, "piccolo": {"migrations backwards", "migrations forwards", "migrations check, migrations new"},
	"yoyo": {"rollback, reapply", "apply, mark, develop", "list, new, init"}, "goose": {"reset, down, down-to, redo", "up, up-to, up-by-one, fix", "status, version, create, validate"}, "phinx": {"rollback", "migrate, seed:run", "status, create, breakpoint, test, init"},
	"artisan": artisanCommands, "rails": railsCommands, "rake": railsCommands, "bin/rails": railsCommands, "rspec-rails": {}, "manage.py": djangoCommands, "django-admin": djangoCommands, "django-admin.py": djangoCommands, "doctrine": consoleCommands, "cake": {"migrations rollback", "migrations migrate", "migrations status"}, "bake": {},
	"mix": {"ecto.drop, ecto.reset, ecto.rollback, hex.retire", "ecto.migrate, ecto.create, ecto.setup, hex.publish, phx.gen.release", "test, compile, deps.get, format, credo, dialyzer, ecto.gen.migration, phx.server, phx.routes, ecto.migrations, hex.info, hex.outdated, run, new, phx.new, deps.update, deps.tree, deps, help, hex.audit, clean"},
}

var artisanCommands = migrator{"migrate:fresh, migrate:reset, migrate:refresh, migrate:rollback, db:wipe, queue:flush, queue:clear, telescope:clear, model:prune, schema:drop", "migrate, db:seed, migrate:install", "migrate:status, route:list, list, about, serve, test, db:show, db:table, make:model, make:migration, tinker, config:cache, config:clear, cache:clear, view:clear, route:clear, optimize, optimize:clear, key:generate, queue:work, queue:listen, schedule:run, schedule:list, inspire, env, event:list, storage:link, vendor:publish, down, up"}

var railsCommands = migrator{"db:drop, db:drop:all, db:reset, db:migrate:reset, db:rollback, db:migrate:down, db:truncate_all, db:schema:load, db:structure:load, db:purge, db:seed:replant, db:purge:all, db:drop:_unsafe, db:test:purge-x, environment db:drop, db:environment:set db:drop",
	"db:migrate, db:seed, db:setup, db:create, db:migrate:up, db:prepare, db:migrate:redo, db:fixtures:load", "db:version, db:migrate:status, routes, test, spec, stats, notes, about, server, s, generate, g, new, console, c, dbconsole, db, -T, default, db:schema:dump, db:structure:dump, middleware, initializers, zeitwerk:check, assets:precompile, db:test:prepare, lint, rubocop, build, assets:clobber, tmp:clear, log:clear, credentials:edit, yard, doc, install, release, clean, clobber, compile, runner, r, destroy, d, system:test, test:system, db:abort_if_pending_migrations, time:zones, db:sessions:clear"}

var djangoCommands = migrator{"flush, reset_db, sqlclear, sqlflush-run, clean_duplicate_history, migrate zero, delete_squashed_migrations, drop_test_database, reset_schema, clear_index", "migrate, loaddata, createcachetable, createsuperuser, changepassword, rebuild_index, sqlmigrate-apply", "runserver, test, check, showmigrations, makemigrations, shell, dumpdata, collectstatic, startapp, sqlmigrate, inspectdb, compilemessages, makemessages, diffsettings, help, version, sqlflush, dbshell, show_urls, shell_plus, validate_templates, startproject, clearsessions, testserver, sendtestemail, findstatic, optimizemigration, squashmigrations, spectacular, runserver_plus"}

var consoleCommands = migrator{"doctrine:database:drop, doctrine:schema:drop, orm:schema-tool:drop, doctrine:migrations:rollup, dbal:database:drop, doctrine:fixtures:load", "doctrine:migrations:migrate, doctrine:schema:update, doctrine:database:create, migrations:migrate", "doctrine:migrations:status, cache:clear, debug:router, lint:yaml, make:entity, doctrine:schema:validate, debug:container"}

func (m migrator) look(c Call) Outcome {
	if code, ok := frameworkCode(c.Args[1:]); ok {
		lang := "ruby"
		if strings.HasPrefix(c.Name(), "django") || c.Name() == "manage.py" {
			lang = "python"
		}
		return Outcome{Nested: []Nested{{Kind: NestedCode, Lang: lang, Text: code, Via: c.Name()}}}
	}
	if out, ok := m.judge(c, c.Args[1:]); ok {
		return out
	}
	return one(made(c, effect.Exec, c.Name()))
}

// frameworkCode is code given to a framework's runner: rails runner CODE, manage.py shell -c CODE.
func frameworkCode(args []Word) (Word, bool) {
	l := loosely(args, "e environment")
	switch l.word(0) {
	case "runner", "r":
		if len(l.words) > 1 && strings.ContainsAny(l.words[1].Text, ".( ") && !strings.HasSuffix(l.words[1].Text, ".rb") {
			return l.words[1], true
		}
	case "shell", "shell_plus":
		for i, a := range args {
			if (a.Text == "-c" || a.Text == "--command") && i+1 < len(args) {
				return args[i+1], true
			}
		}
	}
	return Word{}, false
}

// judge finds the command among the words; ok is false when it is none of those listed.
func (m migrator) judge(c Call, args []Word) (Outcome, bool) {
	text := plainWords(args)
	for _, t := range []struct {
		kind effect.Kind
		list string
	}{{effect.DBDestroy, m.destroy}, {effect.DBWrite, m.write}, {effect.Exec, m.read}} {
		for _, cmd := range strings.Split(t.list, ",") {
			cmd = strings.TrimSpace(cmd)
			if cmd != "" && (strings.HasPrefix(text, cmd+" ") || strings.Contains(text, " "+cmd+" ") && t.kind == effect.DBDestroy || hasAllWords(text, cmd)) {
				return one(made(c, t.kind, c.Name()+":"+cmd)), true
			}
		}
	}
	return Outcome{}, false
}

// plainWords joins the words with a space after each, lower-cased.
func plainWords(args []Word) string {
	var b strings.Builder
	for _, a := range args {
		b.WriteString(strings.ToLower(a.Text))
		b.WriteByte(' ')
	}
	return b.String()
}

// hasAllWords tells whether a command with an option (db push --force-reset) stands in the text, the option
// anywhere behind it.
func hasAllWords(text, cmd string) bool {
	head, opt, ok := strings.Cut(cmd, " --")
	return ok && strings.HasPrefix(text, head+" ") && strings.Contains(text, " --"+opt)
}
