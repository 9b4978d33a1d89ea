package catalog

import (
	"slices"
	"strings"
	"testing"
)

// TestControlPlanes: a line, the effects it must have as "kind" or "kind[flag]", and by "-kind" those it must not.
func TestControlPlanes(t *testing.T) {
	for line, want := range map[string]string{
		"aws ec2 describe-instances":                                      "cloud.read",
		"aws --profile p ec2 terminate-instances --instance-ids i":        "cloud.destroy",
		"aws s3 rb s3://b --force":                                        "cloud.destroy[force]",
		"aws s3 cp ./a s3://b/c":                                          "cloud.write[upload] fs.read net.upload[store]",
		"aws s3 cp s3://b/c ./a":                                          "cloud.read[download] fs.write -net.upload",
		"aws s3 sync . s3://b --delete":                                   "cloud.destroy[prune]",
		"aws cloudtrail stop-logging --name t":                            "cloud.control",
		"aws iam create-access-key":                                       "cloud.secret",
		"aws rds modify-db-instance --no-deletion-protection":             "cloud.control",
		"aws s3api put-bucket-acl --acl public-read":                      "cloud.perm[public]",
		"aws ec2 terminate-instances --dry-run":                           "cloud.read[dry-run] -cloud.destroy",
		"gcloud sql instances delete db":                                  "cloud.destroy",
		"gcloud --project p beta compute instances delete v":              "cloud.destroy",
		"gcloud auth print-access-token":                                  "cloud.secret",
		"gcloud run services list":                                        "cloud.read",
		"gcloud projects add-iam-policy-binding p --member=allUsers":      "cloud.perm[public]",
		"az group delete -n g --yes":                                      "cloud.destroy[yes]",
		"az sql server delete -n s":                                       "cloud.destroy",
		"az rest --method delete --url x":                                 "cloud.destroy",
		"doctl compute droplet delete d":                                  "cloud.destroy",
		"heroku apps:destroy a":                                           "cloud.destroy",
		"heroku run rm x":                                                 "cloud.write[remote]",
		"fly apps destroy a":                                              "cloud.destroy",
		"stripe products delete p":                                        "cloud.destroy",
		"stripe products list":                                            "cloud.read",
		"ldcli flags create --key delete-me":                              "cloud.write[create] -cloud.destroy",
		"restic forget --prune":                                           "cloud.destroy",
		"mc rb x/y":                                                       "cloud.destroy",
		"unknownctl instances delete i":                                   "cloud.destroy[generic]",
		"terraform plan -destroy":                                         "iac.plan -iac.destroy",
		"terraform apply -auto-approve":                                   "iac.apply[approve] bypass",
		"terraform -chdir=x destroy":                                      "iac.destroy",
		"terraform state rm x":                                            "iac.state",
		"terragrunt run-all destroy":                                      "iac.destroy",
		"atmos terraform deploy vpc -s p":                                 "iac.apply[approve]",
		"pulumi up --yes":                                                 "iac.apply[approve]",
		"cdk deploy --require-approval never":                             "iac.apply[approve]",
		"ansible-playbook x.yml --check":                                  "iac.plan",
		"kubectl get pods":                                                "k8s.read",
		"kubectl -n p delete pod x":                                       "k8s.delete[minor]",
		"kubectl delete ns p":                                             "k8s.delete[namespace]",
		"kubectl delete pod x --dry-run=client":                           "k8s.read[dry-run] -k8s.delete",
		"kubectl get secret x -o yaml":                                    "k8s.secret",
		"kubectl get secret x":                                            "k8s.read -k8s.secret",
		"kubectl scale deploy/x --replicas=0":                             "k8s.delete[scale-zero]",
		"kubectl exec p -- ls /":                                          "k8s.exec[looks]",
		"kubectl exec -it p -- sh":                                        "k8s.exec[shell]",
		"kubectl create clusterrolebinding x --clusterrole=cluster-admin": "cloud.perm[admin]",
		"helm uninstall r":                                                "k8s.delete[release]",
		"helm template x":                                                 "k8s.read",
		"docker run --privileged a":                                       "container.run[privileged]",
		"docker run -v /:/h a":                                            "container.run[host]",
		"docker run -it -v ./x:/x a sh -c ls":                             "container.run -container.run[host]",
		"docker --host tcp://h:1 volume rm v":                             "container.delete[volumes]",
		"docker container rm -f x":                                        "container.delete[force]",
		"docker compose down -v":                                          "container.delete[volumes]",
		"docker compose down":                                             "container.other -container.delete",
		"docker compose -f a.yml push":                                    "container.other[push]",
		"npm install x":                                                   "pkg.install -pkg.source",
		"npm install git+https://h/x":                                     "pkg.install[source]",
		"npm publish":                                                     "pkg.publish",
		"npm publish --dry-run":                                           "-pkg.publish",
		"npm config set registry http://h":                                "pkg.source[insecure]",
		"pip install --index-url http://h/s x":                            "pkg.install[insecure] bypass",
		"uv pip install https://h/x.whl":                                  "pkg.install[source]",
		"cargo publish":                                                   "pkg.publish",
		"go env -w GOPROXY=https://h.example":                             "pkg.source",
		"make SHELL=/tmp/x":                                               "exec.tampered",
		"make CC=clang":                                                   "-exec.tampered",
		"claude --dangerously-skip-permissions -p x":                      "agent.spawn[unguarded] bypass",
		"claude --version":                                                "-agent.spawn",
		"codex mcp add x -- y":                                            "agent.wiring",
		"ollama serve --host 0.0.0.0":                                     "net.listen[public]",
		"python -m http.server":                                           "net.listen[public]",
		"python -m http.server --bind 127.0.0.1":                          "net.listen -net.listen[public]",
		"redis-cli --rdb x":                                               "db.read[dump]",
		"dropdb x":                                                        "db.destroy",
		"pg_restore --clean -d x f":                                       "db.destroy[restore]",
		"rails db:drop":                                                   "db.destroy",
		"npx prisma migrate reset":                                        "pkg.install[run]",
		"prisma migrate reset":                                            "db.destroy",
		"python manage.py flush":                                          "db.destroy",
		"php artisan migrate:fresh":                                       "db.destroy",
		"kafka-topics --delete --topic t":                                 "db.destroy",
		"rabbitmqctl delete_queue q":                                      "db.destroy",
		"nats stream rm S":                                                "db.destroy",
		"java -jar jenkins-cli.jar -s http://h delete-job j":              "cloud.destroy",
		"doppler secrets download":                                        "cloud.secret",
	} {
		out := Look(Call{Args: words(strings.Fields(line)...)})
		if !out.Known {
			if !strings.Contains(want, "-") {
				t.Errorf("%s: not known", line)
			}
			continue
		}
		for _, w := range strings.Fields(want) {
			name, not := strings.CutPrefix(w, "-")
			kind, flag, _ := strings.Cut(strings.TrimSuffix(name, "]"), "[")
			found := false
			for _, e := range out.Effects {
				found = found || string(e.Kind) == kind && (flag == "" || slices.Contains(e.Flags, flag))
			}
			if found == not {
				t.Errorf("%s: want %s, got %+v", line, w, out.Effects)
			}
		}
	}
}

// TestCarriers: what is nested in a line, by its kind and text.
func TestCarriers(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"psql", "-c", "drop table x"}, "sql postgres drop table x"},
		{[]string{"mysql", "-uroot", "-psecret", "db", "-e", "select 1"}, "sql mysql select 1"},
		{[]string{"sqlite3", "a.db", ".shell id"}, "sql sqlite .shell id"},
		{[]string{"redis-cli", "-h", "h", "FLUSHALL"}, "sql redis FLUSHALL"},
		{[]string{"mongosh", "u", "--eval", "db.dropDatabase()"}, "sql mongo db.dropDatabase()"},
		{[]string{"drop", "table", "x"}, "sql sql drop table x"},
		{[]string{"python3.12", "-Ic", "import os"}, "code python import os"},
		{[]string{"node", "--eval=1"}, "code node 1"},
		{[]string{"perl", "-we", "unlink 1"}, "code perl unlink 1"},
		{[]string{"ruby", "-rjson", "-e", "puts 1"}, "code ruby puts 1"},
		{[]string{"php", "-r", "unlink(1);"}, "code php unlink(1);"},
		{[]string{"osascript", "-e", "beep"}, "code osascript beep\n"},
		{[]string{"pwsh", "-NoP", "-c", "rm x"}, "code powershell rm x"},
		{[]string{"docker", "exec", "-it", "c", "rm", "-rf", "/x"}, "argv rm -rf /x"},
		{[]string{"docker", "run", "--rm", "-v", "a:b", "img", "sh", "-c", "x"}, "argv sh -c x"},
		{[]string{"kubectl", "exec", "p", "-c", "a", "--", "rm", "x"}, "argv rm x"},
		{[]string{"npx", "-y", "aws-cdk@2", "destroy"}, "argv cdk destroy"},
		{[]string{"npm", "run", "build"}, "target npm build"},
		{[]string{"make", "-C", "d", "all"}, "target make all"},
		{[]string{"uv", "run", "--with", "x", "pytest", "-q"}, "argv pytest -q"},
		{[]string{"bundle", "exec", "rails", "db:drop"}, "argv rails db:drop"},
		{[]string{"ansible", "all", "-m", "shell", "-a", "rm x"}, "shell rm x"},
		{[]string{"aws-vault", "exec", "p", "--", "aws", "s3", "ls"}, "argv aws s3 ls"},
		{[]string{"doppler", "run", "--", "npm", "start"}, "argv npm start"},
		{[]string{"cmake", "-E", "remove_directory", "x"}, "argv rm -rf x"},
	} {
		out := Look(Call{Args: words(c.args...)})
		got := []string{}
		for _, n := range out.Nested {
			s := string(n.Kind)
			if n.Kind == NestedSQL || n.Kind == NestedCode || n.Kind == NestedTarget {
				s += " " + n.Lang
			}
			if n.Text.Text != "" {
				s += " " + n.Text.Text
			}
			for _, a := range n.Args {
				s += " " + a.Text
			}
			got = append(got, s)
		}
		if !slices.Contains(got, c.want) {
			t.Errorf("%q: nested %q, want %q", c.args, got, c.want)
		}
	}
}

// FuzzControlPlanes holds that no words make a judge of a known program panic.
func FuzzControlPlanes(f *testing.F) {
	f.Add("docker", "run -v /:/x --privileged=false -it a b")
	f.Add("kubectl", "-n a get secret,pods -o json")
	f.Add("npm", "--prefix . run x -- y")
	f.Fuzz(func(t *testing.T, program, rest string) {
		Look(Call{Args: words(append([]string{program}, strings.Fields(rest)...)...)})
	})
}

// TestEveryProgramTakesAnything runs each judge on odd lines: none, options only, dashes, and unknown words.
func TestEveryProgramTakesAnything(t *testing.T) {
	for _, d := range controlDomains {
		for name := range d {
			for _, rest := range [][]Word{nil, words("-"), words("--"), words("-x", "--", "y"), words("run"), words("exec", "--"), {{Known: false, Raw: "$X"}}, words("delete", ""), words("-c"), words("-e", "-m")} {
				Look(Call{Args: append(words(name), rest...), Stdin: &Stdin{From: "pipe"}})
			}
		}
	}
}
