package worktree

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"sort"
	"strings"
)

// maxRefs bounds the file and the number of refs read from an agent's repository.
const (
	maxRefFile = 32 << 20
	maxRefs    = 10_000
)

var goodOID = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// agentRefs are the refs in an agent's repository, read without git: symbolic ones only for HEAD, none that leads
// out of the folder.
type agentRefs struct {
	head string // the commit that HEAD stands on, "" before the first
	on   string // the branch that HEAD names, "" when detached
	tips map[string]string
}

func readRefs(agent *os.Root) (agentRefs, error) {
	refs := agentRefs{tips: map[string]string{}}
	packed, err := readSome(agent, ".git/packed-refs", maxRefFile)
	if err != nil && !os.IsNotExist(err) {
		return refs, err
	}
	for _, line := range strings.Split(packed, "\n") {
		if oid, name, ok := strings.Cut(line, " "); ok && goodOID.MatchString(oid) && isOwn(name) {
			refs.tips[name] = oid
		}
	}
	if err := refs.loose(agent, "refs/heads", 0); err != nil {
		return refs, err
	}
	if err := refs.one(agent, "refs/stash"); err != nil {
		return refs, err
	}
	head, err := readSome(agent, ".git/HEAD", 4096)
	if err != nil {
		return refs, err
	}
	head = strings.TrimSuffix(head, "\n")
	if name, ok := strings.CutPrefix(head, "ref: "); ok {
		refs.on, refs.head = name, refs.tips[name]
	} else if goodOID.MatchString(head) {
		refs.head = head
	} else {
		return refs, fmt.Errorf("HEAD reads %.60q", head)
	}
	return refs, nil
}

// isOwn tells the agent's refs from those it was given.
func isOwn(name string) bool { return strings.HasPrefix(name, "refs/heads/") || name == "refs/stash" }

// loose reads the refs below a folder.
func (refs *agentRefs) loose(agent *os.Root, folder string, depth int) error {
	d, err := agent.Open(".git/" + folder)
	if err != nil {
		if os.IsNotExist(err) {
			return nil
		}
		return err
	}
	defer d.Close()
	list, err := d.ReadDir(maxRefs)
	if err != nil && err != io.EOF {
		return err
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name() < list[j].Name() })
	for _, e := range list {
		name := folder + "/" + e.Name()
		switch {
		case strings.HasPrefix(e.Name(), ".") || strings.HasSuffix(e.Name(), ".lock"):
		case e.IsDir() && depth < 20:
			err = refs.loose(agent, name, depth+1)
		case e.Type().IsRegular():
			err = refs.one(agent, name)
		default:
			err = fmt.Errorf("%s is neither a ref nor a folder of refs", name)
		}
		if err != nil && err != io.EOF {
			return err
		}
		if len(refs.tips) > maxRefs {
			return fmt.Errorf("over %d refs", maxRefs)
		}
	}
	return nil
}

// one reads a loose ref, which must be a plain object name.
func (refs *agentRefs) one(agent *os.Root, name string) error {
	text, err := readSome(agent, ".git/"+name, 4096)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	oid := strings.TrimSuffix(text, "\n")
	if !goodOID.MatchString(oid) {
		return fmt.Errorf("%s reads %.60q; want an object's name", name, oid)
	}
	refs.tips[name] = oid
	return nil
}

// readSome reads a regular file below the folder, of at most max bytes.
func readSome(agent *os.Root, name string, max int64) (string, error) {
	f, size, err := openRegular(agent, name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if size > max {
		return "", fmt.Errorf("%s holds %d bytes; at most %d", name, size, max)
	}
	b, err := io.ReadAll(io.LimitReader(f, max))
	return string(b), err
}
