package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"writ/internal/audit"
	"writ/internal/durable"
	"writ/internal/home"
)

func newAudit(env *Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Prove, export and compare the audit log",
		Long:  `The audit log is a chain of hashed records with signed checkpoints. These commands prove that nobody changed it, give it to other programs, and find tool calls that are not in it.`,
		Example: `  writ audit verify
  writ audit checkpoint --out /mnt/elsewhere/writ.checkpoint
  writ audit reconcile ~/.claude/projects/*/*.jsonl`,
	}
	cmd.AddCommand(newAuditVerify(env), newAuditCheckpoint(env), newAuditExport(env), newAuditReconcile(env))
	return cmd
}

func newAuditVerify(env *Env) *cobra.Command {
	var checkpoint, key, dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check that no record was changed, removed, added or moved",
		Long: `Verify reads the whole log: every record's place in the chain, the Merkle tree over all records, every
segment's head, every checkpoint and its signature. It names the first record that is wrong. With
--checkpoint it also compares the log with a checkpoint that you keep elsewhere (writ audit
checkpoint): only that shows that the end was not cut off and that the whole was not written anew.

Exit codes: 0 the log is as it was written, 1 it is not, 2 it could not be read.`,
		Example: `  writ audit verify
  writ audit verify --checkpoint /mnt/elsewhere/writ.checkpoint
  writ audit verify --dir copy-of-the-log --key "$(cat audit.pub)" --json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			h, err := env.home()
			if err != nil {
				return err
			}
			opt := audit.VerifyOptions{Key: key, KeyDir: h.Keys()}
			if checkpoint != "" {
				if opt.Checkpoint, err = os.ReadFile(checkpoint); err != nil {
					return fail(ExitUsage, "", "--checkpoint: %w", err)
				}
			}
			if dir == "" {
				dir = h.Audit()
			}
			report, err := audit.Verify(dir, opt)
			if err != nil {
				return notRead(h, err)
			}
			if asJSON {
				err = json.NewEncoder(env.Stdout).Encode(report)
			} else {
				printVerify(env, report)
			}
			if err == nil && !report.OK {
				err = silent(ExitFailed)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&checkpoint, "checkpoint", "", "a file with a checkpoint kept elsewhere")
	cmd.Flags().StringVar(&key, "key", "", "the public key to check signatures with (default: the one in writ's home)")
	cmd.Flags().StringVar(&dir, "dir", "", "the log's folder (default: the one in writ's home)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// notRead explains why there is nothing to verify.
func notRead(h home.Home, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fail(ExitUsage, "run an agent under writ first, or give --home", "there is no audit log at %s: %w", h.Audit(), err)
	}
	return fail(ExitUsage, "", "%w", err)
}

func printVerify(env *Env, r audit.Report) {
	p, w := newPaint(env), env.Stdout
	if r.OK {
		fmt.Fprintf(w, "%s  %d records, nothing changed\n", p.code("1;32", "ok"), r.Size-r.First)
	} else {
		fmt.Fprintf(w, "%s  %s\n", p.code("1;31", "damaged"), plain(r.Problem.String()))
	}
	fmt.Fprintf(w, "log         %s, %d segments, %d bytes\n", r.Dir, r.Segments, r.Bytes)
	if r.Size > 0 {
		fmt.Fprintf(w, "size        %d\nroot        %s\n", r.Size, r.Root)
	}
	fmt.Fprintf(w, "key         %s\n", r.Key)
	fmt.Fprintf(w, "signed      %d records, %d checkpoints agree\n", r.Signed, r.Checkpoints)
	if r.First > 0 {
		fmt.Fprintf(w, "retention   the first %d records were removed on purpose\n", r.First)
	}
	if r.External != nil {
		fmt.Fprintf(w, "compared    with a checkpoint of %d records from outside\n", *r.External)
	} else if r.OK {
		fmt.Fprintf(w, "%s\n", p.dim("not compared with a checkpoint from outside: a log cut off or rewritten by somebody with the key looks whole"))
	}
	if r.Unfinished > 0 {
		fmt.Fprintf(w, "unfinished  %d bytes of a record being written, or left by a crash\n", r.Unfinished)
	}
}

func newAuditCheckpoint(env *Env) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "checkpoint",
		Short: "Print the newest signed checkpoint, to be kept elsewhere",
		Long: `A checkpoint is a few signed lines that say how many records the log has and what their root hash is (C2SP
tlog-checkpoint). Keep copies where no agent of this machine can write: a later
writ audit verify --checkpoint FILE then proves that the log still holds exactly those records.`,
		Example: `  writ audit checkpoint
  writ audit checkpoint --out /mnt/elsewhere/writ.checkpoint
  writ audit checkpoint | ssh archive 'cat > writ.checkpoint'`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			h, err := env.home()
			if err != nil {
				return err
			}
			key, err := audit.PublicKey(h.Keys())
			if err != nil {
				return notRead(h, err)
			}
			signed, _, err := audit.NewestCheckpoint(h.Audit(), key)
			if errors.Is(err, audit.ErrCheckpoint) {
				return fail(ExitFailed, "writ audit verify", "the newest checkpoint: %w", err)
			}
			if err != nil {
				return notRead(h, err)
			}
			if out == "" {
				_, err = env.Stdout.Write(signed)
				return err
			}
			if err := durable.WriteFile(out, signed, 0o644); err != nil {
				return fail(ExitUsage, "", "--out: %w", err)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "write it to this file instead of printing it")
	return cmd
}

func newAuditExport(env *Env) *cobra.Command {
	var flags recordFlags
	var format string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write records for other programs",
		Long: `Export writes the chosen records to standard output: jsonl are the log's own fields, csv one row a record,
ocsf one OCSF API Activity event (class 6003) a line for a SIEM.`,
		Example: `  writ audit export --format ocsf --since 1h
  writ audit export --format csv --kind decision > decisions.csv`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			filter, err := flags.read()
			if err != nil {
				return err
			}
			h, err := env.home()
			if err != nil {
				return err
			}
			if err := audit.Export(env.Stdout, format, audit.Read(h.Audit(), filter)); err != nil {
				return fail(ExitUsage, "", "export: %w", err)
			}
			return nil
		},
	}
	flags.add(cmd)
	cmd.Flags().StringVar(&format, "format", "jsonl", "jsonl, csv or ocsf")
	return cmd
}
