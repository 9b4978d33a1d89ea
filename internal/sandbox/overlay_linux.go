package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"writ/internal/level"
)

// overlay is a copy-on-write view of one folder, as it is known outside the sandbox.
type overlay struct {
	folder string   // resolved
	claims []string // below it, relative
	base   string   // holds upper and work
	lower  int      // the folder, held since before anything ran
	upper  int
	seen   map[string]state // by claim: how both sides were when the sandbox began, or at the last commit
}

// overlays sorts the single files among the claims by the folder they lie in, the outermost where folders are
// nested. Claims that a claimed folder holds anyway are left out.
func overlays(p *Profile) (out []*overlay, rest []string, err error) {
	var files []string
	for _, path := range p.Write {
		fi, err := os.Stat(path)
		switch {
		case err == nil && !fi.Mode().IsRegular():
			rest = append(rest, path)
		case err == nil:
			if err := claimable(path, fi); err != nil {
				return nil, nil, err
			}
			files = append(files, path)
		case errors.Is(err, os.ErrNotExist):
			files = append(files, path)
		default:
			return nil, nil, fmt.Errorf("%w: %w", ErrClaim, err)
		}
	}
	for _, path := range files {
		if slices.ContainsFunc(rest, func(dir string) bool { return below(path, dir) }) {
			continue
		}
		folder, claim, err := around(path, p.Root)
		if err != nil {
			return nil, nil, err
		}
		out = join(out, folder, claim)
	}
	return out, rest, nil
}

// around finds the nearest folder that exists, and the claim's name from there.
func around(path, root string) (folder, claim string, err error) {
	if fi, err := os.Lstat(path); err == nil && fi.Mode()&os.ModeSymlink != 0 {
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return "", "", fmt.Errorf("%w: %s is a link to what does not exist", ErrClaim, path)
		}
	}
	for dir := filepath.Dir(path); dir != "/" && (root == "" || below(dir, root)); dir = filepath.Dir(dir) {
		fi, err := os.Stat(dir)
		if err != nil || !fi.IsDir() {
			continue
		}
		real, err := filepath.EvalSymlinks(dir)
		if err != nil {
			return "", "", fmt.Errorf("%w: %w", ErrClaim, err)
		}
		claim, err := filepath.Rel(dir, path)
		return real, claim, err
	}
	return "", "", fmt.Errorf("%w: no folder around %s lies in the scope", ErrClaim, path)
}

// join adds a claim to the view around it. A new view takes in those that lie in its folder.
func join(all []*overlay, folder, claim string) []*overlay {
	for _, o := range all {
		if below(folder, o.folder) {
			o.claims = append(o.claims, rel(o.folder, filepath.Join(folder, claim)))
			return all
		}
	}
	wide := &overlay{folder: folder, claims: []string{claim}, lower: -1, upper: -1}
	var out []*overlay
	for _, o := range all {
		if !below(o.folder, folder) {
			out = append(out, o)
			continue
		}
		for _, c := range o.claims {
			wide.claims = append(wide.claims, rel(folder, filepath.Join(o.folder, c)))
		}
	}
	return append(out, wide)
}

func rel(dir, path string) string { return strings.TrimPrefix(path, strings.TrimSuffix(dir, "/")+"/") }

// layOverlays takes the single files out of the profile's claims and makes the private folders of their views.
func (s *Sandbox) layOverlays(p *Profile, opt Options) error {
	if p.Missing != MissingOverlay {
		return nil
	}
	found, rest, err := overlays(p)
	if err != nil || len(found) == 0 {
		return err
	}
	if opt.Level < level.Full {
		return fmt.Errorf("%w: %s needs a copy-on-write view, which level %s does not have", ErrClaim, filepath.Join(found[0].folder, found[0].claims[0]), opt.Level)
	}
	p.Write = rest
	for _, o := range found {
		s.overlays = append(s.overlays, o)
		if err := o.prepare(opt.Tmp); err != nil {
			return err
		}
		for _, c := range o.claims {
			s.Claims = append(s.Claims, Claim{filepath.Join(o.folder, c), MissingOverlay, o.folder})
		}
	}
	return nil
}

// prepare makes the private folders and holds both sides, so that later renames of folders change nothing.
func (o *overlay) prepare(tmp string) (err error) {
	if o.base, err = os.MkdirTemp(tmp, "writ-overlay-"); err != nil {
		return fmt.Errorf("a private folder for the view of %s: %w", o.folder, err)
	}
	for _, name := range []string{"upper", "work"} {
		if err := os.Mkdir(filepath.Join(o.base, name), 0o700); err != nil {
			return err
		}
	}
	var st unix.Stat_t
	if o.lower, err = unix.Open(o.folder, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0); err != nil {
		return fmt.Errorf("hold %s: %w", o.folder, err)
	}
	if err := unix.Fstat(o.lower, &st); err != nil {
		return err
	}
	upper := filepath.Join(o.base, "upper") // what it is not told apart by: its mode is the folder's
	if err := os.Chmod(upper, os.FileMode(st.Mode&0o777)); err != nil {
		return err
	}
	if o.upper, err = unix.Open(upper, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0); err != nil {
		return fmt.Errorf("hold %s: %w", upper, err)
	}
	o.seen = map[string]state{}
	for _, c := range o.claims {
		o.seen[c] = o.look(c)
	}
	return nil
}

// place is the view as the init is told of it.
func (o *overlay) place() place { return place{placeOverlay, o.folder, true, o.base} }

// remove takes the private folders away. The kernel's own folder in work has no rights at all.
func (o *overlay) remove() {
	for _, fd := range []int{o.lower, o.upper} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
	if o.base == "" {
		return
	}
	if os.RemoveAll(o.base) != nil {
		filepath.WalkDir(o.base, func(path string, d os.DirEntry, err error) error {
			if d != nil && d.IsDir() {
				os.Chmod(path, 0o700) // a folder of ours; what a link points to is not walked
			}
			return nil
		})
		os.RemoveAll(o.base) // in the system's temporary folder, at worst
	}
}

// overlay makes the view of a folder, held by a descriptor. Names go by descriptors, since a colon or comma in
// one would be read as the next option.
func (v *view) overlay(p place) error {
	lower, err := unix.Open(p.path, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("hold %s: %w", p.path, err)
	}
	defer unix.Close(lower)
	base, err := unix.Open(p.from, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("hold %s: %w", p.from, err)
	}
	defer unix.Close(base)
	fs, err := unix.Fsopen("overlay", unix.FSOPEN_CLOEXEC)
	if err != nil {
		return fmt.Errorf("a view of %s: %w", p.path, err)
	}
	defer unix.Close(fs)
	fd := func(n int) string { return "/proc/self/fd/" + strconv.Itoa(n) }
	for _, opt := range [][2]string{{"lowerdir", fd(lower)}, {"upperdir", fd(base) + "/upper"}, {"workdir", fd(base) + "/work"}, {"userxattr"}, {"volatile"}} {
		if opt[1] == "" {
			err = unix.FsconfigSetFlag(fs, opt[0])
		} else {
			err = unix.FsconfigSetString(fs, opt[0], opt[1])
		}
		if err != nil {
			return fmt.Errorf("a view of %s: %s: %w", p.path, opt[0], err)
		}
	}
	if err := unix.FsconfigCreate(fs); err != nil {
		return fmt.Errorf("a view of %s (overlayfs in a user namespace came with 5.11): %w", p.path, err)
	}
	m, err := unix.Fsmount(fs, unix.FSMOUNT_CLOEXEC, unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NODEV)
	if err != nil {
		return fmt.Errorf("a view of %s: %w", p.path, err)
	}
	v.fds[p.path] = m
	return nil
}
