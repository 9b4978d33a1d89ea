package sandbox

// Claim tells what a claimed path was turned into where it could not simply be made changeable.
type Claim struct {
	Path string `json:"path"`
	// As is the way that was taken: folder, placeholder or overlay.
	As Missing `json:"as"`
	// On is the folder that is changeable now, or lies under the copy-on-write view.
	On string `json:"on"`
}

// Commit is what became of the changes in a copy-on-write view.
type Commit struct {
	// Taken are the claimed files that were written, Removed those that were removed.
	Taken, Removed []string
	// Refused are changes that nobody claimed or that are no plain files. Where there is one, nothing is taken.
	Refused []NotTaken
}

// NotTaken is one change in a copy-on-write view that is not taken over.
type NotTaken struct{ Path, Why string }

// Bounds of one commit. What is larger is refused as a whole.
const (
	maxOverlayEntries = 100_000
	maxOverlayBytes   = 1 << 30
	maxOverlayDepth   = 64
)
