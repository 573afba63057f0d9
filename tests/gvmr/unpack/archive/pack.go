// Packs a tree as cmd/distpack does: sorted, with its directories, owned by nobody, all files of one time.
//
// Usage: pack LEVEL ROOT OUT, where the ending of OUT says how. A go.env that a packager has set to
// GOTOOLCHAIN=local becomes the original again.
package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"io"
	"io/fs"
	"log"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"
)

func main() {
	level, err := strconv.Atoi(os.Args[1])
	check(err)
	root := os.Args[2]
	out, err := os.Create(os.Args[3])
	check(err)
	names := list(root)
	modified := released(root)
	if strings.HasSuffix(out.Name(), ".zip") {
		writeZip(out, level, root, names, modified)
	} else {
		writeTar(out, level, root, names, modified)
	}
	check(out.Close())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// list gives the names of all files below root. A directory's files come before those that only begin like it.
func list(root string) []string {
	var names []string
	check(filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		check(err)
		if !entry.IsDir() {
			below, err := filepath.Rel(root, name)
			check(err)
			names = append(names, filepath.ToSlash(below))
		}
		return nil
	}))
	key := func(name string) string { return strings.ReplaceAll(name, "/", "\x00") }
	sort.Slice(names, func(i, j int) bool { return key(names[i]) < key(names[j]) })
	return names
}

// released reads the time in the second line of VERSION.
func released(root string) time.Time {
	data, err := os.ReadFile(filepath.Join(root, "VERSION"))
	check(err)
	_, after, _ := strings.Cut(string(data), "\ntime ")
	modified, err := time.Parse(time.RFC3339, strings.TrimSpace(after))
	check(err)
	return modified
}

func content(root, name string) []byte {
	data, err := os.ReadFile(filepath.Join(root, name))
	check(err)
	if name == "go.env" {
		data = bytes.Replace(data, []byte("GOTOOLCHAIN=local"), []byte("GOTOOLCHAIN=auto"), 1)
	}
	return data
}

func mode(name string) fs.FileMode {
	switch path.Ext(name) {
	case ".bash", ".sh", ".pl", ".rc":
		return 0o755
	}
	wrapper, _ := path.Match("go_?*_?*_exec", path.Base(name))
	if wrapper || strings.HasPrefix(name, "bin/") || strings.HasPrefix(name, "pkg/tool/") {
		return 0o755
	}
	return 0o644
}

func writeTar(out io.Writer, level int, root string, names []string, modified time.Time) {
	zipped, err := gzip.NewWriterLevel(out, level)
	check(err)
	writer := tar.NewWriter(zipped)
	made := map[string]bool{".": true}
	var directory func(name string)
	directory = func(name string) {
		if made[name] {
			return
		}
		made[name] = true
		directory(path.Dir(name))
		check(writer.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: 0o755, ModTime: modified}))
	}
	for _, name := range names {
		data := content(root, name)
		directory(path.Dir("go/" + name))
		header := tar.Header{
			Typeflag: tar.TypeReg, Name: "go/" + name, Mode: int64(mode(name)), Size: int64(len(data)), ModTime: modified,
		}
		check(writer.WriteHeader(&header))
		_, err := writer.Write(data)
		check(err)
	}
	check(writer.Close())
	check(zipped.Close())
}

func writeZip(out io.Writer, level int, root string, names []string, modified time.Time) {
	writer := zip.NewWriter(out)
	writer.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(out, level)
	})
	for _, name := range names {
		header := zip.FileHeader{Name: "go/" + name, Method: zip.Deflate, Modified: modified}
		header.SetMode(mode(name))
		entry, err := writer.CreateHeader(&header)
		check(err)
		_, err = entry.Write(content(root, name))
		check(err)
	}
	check(writer.Close())
}
