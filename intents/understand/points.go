package understand

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

//go:embed points.bin
var pointsFile []byte

// Point is a fact of an article that a question may ask for, named by what the article's card says it is about; ""
// stands for the article as a whole.
type Point struct {
	About string
	P     float64 // how likely, of the points of this article
}

// points tells the facts of an article apart: for each article a small model of its own, over the same features.
type points map[int]*Model

// PointExamples reads the files of examples/points: questions below the fact that they ask for. A line "= words" begins
// a fact, named as in the article's card; "=" alone the article as a whole. They come by article, labelled with the name.
func PointExamples() (map[int][]Example, error) {
	out := map[int][]Example{}
	list, err := files.ReadDir("points")
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		article := 0
		if _, err := fmt.Sscanf(f.Name(), "%d.txt", &article); err != nil {
			return nil, fmt.Errorf("points/%s: the name must be an article's number, as in points/07.txt", f.Name())
		}
		about, begun := "", false
		err := eachLine(path.Join("points", f.Name()), func(_ int, line string) error {
			if name, ok := strings.CutPrefix(line, "="); ok {
				about, begun = strings.TrimSpace(name), true
				return nil
			}
			if !begun {
				return errors.New("a question stands above the first fact: begin with a line such as \"= 奖励多少家\"")
			}
			out[article] = append(out[article], Example{line, Label(about)})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// WritePoints stores the models of articles.
func WritePoints(w io.Writer, models map[int]*Model) error {
	numbers := make([]int, 0, len(models))
	for n := range models {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	var all bytes.Buffer
	for _, n := range numbers {
		var b bytes.Buffer
		if err := models[n].Write(&b); err != nil {
			return err
		}
		binary.Write(&all, binary.LittleEndian, [2]uint32{uint32(n), uint32(b.Len())}) // a buffer takes all
		all.Write(b.Bytes())
	}
	_, err := w.Write(all.Bytes())
	return err
}

// readPoints reads what WritePoints stored; it keeps b.
func readPoints(b []byte) (points, error) {
	out := points{}
	for len(b) > 0 {
		if len(b) < 8 {
			return nil, errors.New("points: cut short")
		}
		n, size := int(binary.LittleEndian.Uint32(b)), int(binary.LittleEndian.Uint32(b[4:]))
		if size > len(b)-8 {
			return nil, errors.New("points: cut short")
		}
		m, err := readModel(b[8 : 8+size])
		if err != nil {
			return nil, fmt.Errorf("points of article %d: %w", n, err)
		}
		out[n], b = m, b[8+size:]
	}
	return out, nil
}

// pointsOf returns the points of an article for a message. Where it holds several requests, a fact counts by the one that
// asks for it most surely.
func (u *Understander) pointsOf(article int, n normal, v vector) []Point {
	out := u.points.of(article, v)
	for _, p := range partsOf(n.text) {
		part := u.normalise(p)
		for _, x := range u.points.of(article, u.vector(part)) {
			if i := slices.IndexFunc(out, func(o Point) bool { return o.About == x.About }); x.About != "" && i >= 0 {
				out[i].P = max(out[i].P, x.P)
			}
		}
	}
	sortPoints(out)
	return out
}

func sortPoints(list []Point) {
	slices.SortStableFunc(list, func(a, b Point) int { return cmp.Compare(b.P, a.P) })
}

// of returns the points of an article for a message, likeliest first.
func (p points) of(article int, v vector) []Point {
	m := p[article]
	if m == nil {
		return nil
	}
	out := make([]Point, len(m.Labels))
	for i, x := range m.Predict(v) {
		out[i] = Point{string(m.Labels[i]), x}
	}
	sortPoints(out)
	return out
}
