package audit

import (
	"crypto/sha256"
	"fmt"

	"github.com/transparency-dev/merkle/compact"
)

// hash is a leaf or node hash of the RFC 6962 tree (SHA-256).
type hash = [sha256.Size]byte

// leafHash hashes one line without its newline, as RFC 6962 §2.1 does: SHA-256(0x00 ‖ line).
func leafHash(line []byte) hash {
	var short [1024]byte // most lines; a longer one allocates
	return sha256.Sum256(append(append(short[:0], 0), line...))
}

// tree accumulates leaf hashes and gives the root. It keeps only the frontier: the roots of the perfect
// subtrees, at most 64. Its hashes live in arenas, because a log has millions of nodes and the allocator
// would otherwise be half of the cost of verifying.
type tree struct {
	rng   *compact.Range
	arena []byte
}

// newTree continues a tree of the given size from its frontier; zero and nil begin an empty one.
func newTree(size uint64, frontier [][]byte) (*tree, error) {
	t := &tree{}
	for _, h := range frontier {
		if len(h) != sha256.Size {
			return nil, fmt.Errorf("frontier hash of %d bytes, want %d", len(h), sha256.Size)
		}
	}
	f := &compact.RangeFactory{Hash: t.node}
	rng, err := f.NewRange(0, size, frontier)
	if err != nil {
		return nil, err
	}
	t.rng = rng
	return t, nil
}

// node is RFC 6962's inner hash: SHA-256(0x01 ‖ left ‖ right).
func (t *tree) node(left, right []byte) []byte {
	var buf [1 + 2*sha256.Size]byte
	buf[0] = 1
	copy(buf[1:], left)
	copy(buf[1+sha256.Size:], right)
	sum := sha256.Sum256(buf[:])
	return t.keep(sum[:])
}

// keep copies a hash to memory that stays.
func (t *tree) keep(h []byte) []byte {
	if cap(t.arena)-len(t.arena) < len(h) {
		t.arena = make([]byte, 0, 512*sha256.Size)
	}
	n := len(t.arena)
	t.arena = append(t.arena, h...)
	return t.arena[n : n+len(h) : n+len(h)]
}

func (t *tree) add(leaf hash) error { return t.rng.Append(t.keep(leaf[:]), nil) }

func (t *tree) size() uint64 { return t.rng.End() }

func (t *tree) frontier() [][]byte { return t.rng.Hashes() }

// root is the tree's root hash; of an empty tree, the hash of nothing.
func (t *tree) root() hash {
	h, err := t.rng.GetRootHash(nil)
	if err != nil || h == nil { // no error is possible: the range begins at 0
		return sha256.Sum256(nil)
	}
	return hash(h)
}
