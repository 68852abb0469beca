// The audit log through the eyes of golang.org/x/mod/sumdb, which the Go checksum database stands on: signed notes, tiles
// and proofs by code that others wrote. Prints a line of JSON for each check; ends with 1 when one failed.
//
// Usage: transparency ISSUER EXPORT
// EXPORT is what `idp audit export` wrote. The verifier key comes in the variable VKEY, as a watcher would have it.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	issuer, export := os.Args[1], os.Args[2]
	failed := false
	var head tlog.Tree
	var lines []string
	check := func(name string, run func() error) {
		said := map[string]any{"check": name, "passed": true}
		if err := run(); err != nil {
			failed, said["passed"], said["error"] = true, false, err.Error()
		}
		text, _ := json.Marshal(said)
		fmt.Println(string(text))
	}

	check("the head is a signed note of the log's key", func() (err error) {
		body, err := get(issuer + "/audit/checkpoint")
		if err != nil {
			return err
		}
		head, err = opened(body)
		return err
	})
	check("a head that was altered is none", func() error {
		body, err := get(issuer + "/audit/checkpoint")
		if err != nil {
			return err
		}
		altered := strings.Replace(string(body), fmt.Sprintf("\n%d\n", head.N), fmt.Sprintf("\n%d\n", head.N+1), 1)
		if _, err = opened([]byte(altered)); err == nil {
			return errors.New("it was taken")
		}
		return nil
	})
	check("the exported lines are the leaves of that tree", func() (err error) {
		lines, err = exported(export)
		if err != nil {
			return err
		}
		if int64(len(lines)) < head.N {
			return fmt.Errorf("%d lines, and the head is over %d", len(lines), head.N)
		}
		root, err := rootOf(lines[:head.N])
		if err == nil && root != head.Hash {
			err = errors.New("another root")
		}
		return err
	})
	tiles := tlog.TileHashReader(head, &fetched{issuer})
	check("every line is proven by the tiles that are served", func() error {
		for index := int64(0); index < head.N; index++ {
			proof, err := tlog.ProveRecord(head.N, index, tiles)
			if err != nil {
				return err
			}
			leaf := tlog.RecordHash([]byte(lines[index]))
			if err := tlog.CheckRecord(proof, head.N, head.Hash, index, leaf); err != nil {
				return fmt.Errorf("line %d: %w", index, err)
			}
		}
		return nil
	})
	check("the proofs that are served hold, and for no other line", func() error {
		for _, index := range []int64{0, 1, head.N / 2, head.N - 1} {
			var said struct {
				Index, Size int64
				Leaf        tlog.Hash `json:"leaf_hash"`
				Proof       []tlog.Hash
			}
			if err := getJSON(fmt.Sprintf("%s/audit/proof/inclusion?index=%d&size=%d", issuer, index, head.N), &said); err != nil {
				return err
			}
			leaf := tlog.RecordHash([]byte(lines[index]))
			if said.Leaf != leaf || said.Size != head.N {
				return fmt.Errorf("line %d: another leaf or tree", index)
			}
			if err := tlog.CheckRecord(said.Proof, head.N, head.Hash, index, leaf); err != nil {
				return fmt.Errorf("line %d: %w", index, err)
			}
			if tlog.CheckRecord(said.Proof, head.N, head.Hash, index, tlog.RecordHash([]byte("another"))) == nil {
				return errors.New("another line was proven")
			}
		}
		return nil
	})
	check("the tree grew from each smaller one", func() error {
		for first := int64(1); first <= head.N; first += 1 + head.N/40 {
			root, err := rootOf(lines[:first])
			if err != nil {
				return err
			}
			var said struct{ Proof []tlog.Hash }
			if err := getJSON(fmt.Sprintf("%s/audit/proof/consistency?first=%d&size=%d", issuer, first, head.N), &said); err != nil {
				return err
			}
			if err := tlog.CheckTree(said.Proof, head.N, head.Hash, first, root); err != nil {
				return fmt.Errorf("from %d: %w", first, err)
			}
		}
		return nil
	})
	if failed {
		os.Exit(1)
	}
}

func get(url string) ([]byte, error) {
	answer, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", url, answer.Status, body)
	}
	return body, err
}

func getJSON(url string, into any) error {
	body, err := get(url)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

// A head by the key that we were given: the one that the log serves vouches for nothing.
func opened(body []byte) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(os.Getenv("VKEY"))
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(body, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	text := strings.Split(opened.Text, "\n")
	if len(text) != 4 || text[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("no checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(text[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(text[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func exported(path string) ([]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var lines []string
	read := bufio.NewScanner(file)
	read.Buffer(nil, 1<<20)
	for read.Scan() {
		var said struct{ Line *string }
		if err := json.Unmarshal(read.Bytes(), &said); err != nil {
			return nil, err
		}
		if said.Line != nil {
			lines = append(lines, *said.Line)
		}
	}
	return lines, read.Err()
}

// A tree of these lines, in memory.
func rootOf(lines []string) (tlog.Hash, error) {
	var stored []tlog.Hash
	kept := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			found[i] = stored[index]
		}
		return found, nil
	})
	for number, line := range lines {
		more, err := tlog.StoredHashes(int64(number), []byte(line), kept)
		if err != nil {
			return tlog.Hash{}, err
		}
		stored = append(stored, more...)
	}
	return tlog.TreeHash(int64(len(lines)), kept)
}

// Tiles over HTTP, by their paths in C2SP tlog-tiles.
type fetched struct{ issuer string }

func (*fetched) Height() int { return 8 }

func (f *fetched) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		// tile/8/LEVEL/NUMBER, as Go names them: the height is not in the path.
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		body, err := get(f.issuer + "/audit/" + path)
		if err != nil {
			return nil, err
		}
		all = append(all, body)
	}
	return all, nil
}

func (*fetched) SaveTiles([]tlog.Tile, [][]byte) {}
