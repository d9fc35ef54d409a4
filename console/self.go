package console

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"html/template"
	"image/png"
	"net/http"
	"slices"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"smebot/store"
)

func (s *Server) selfRoutes() []route {
	return []route{
		{"GET", "/console/password", permHome, s.passwordPage},
		{"POST", "/console/password", permHome, s.changePassword},
		{"GET", "/console/account", permHome, s.selfPage},
		{"POST", "/console/account/totp", permHome, s.startTOTP},
		{"POST", "/console/account/totp/confirm", permHome, s.confirmTOTP},
		{"POST", "/console/account/totp/off", permHome, s.stopTOTP},
		{"POST", "/console/account/others", permHome, s.endOthers},
	}
}

type passwordData struct {
	First   bool // the password in use is for one use and must be replaced
	Problem string
}

func (s *Server) passwordPage(v *visit) error {
	return v.render("password", passwordData{First: !v.Account.Once.IsZero()})
}

// changePassword replaces the visitor's own password; all sessions end and this browser gets a new one.
func (s *Server) changePassword(v *visit) error {
	first, ctx := !v.Account.Once.IsZero(), v.R.Context()
	again := func(key string) error {
		return s.render(v, http.StatusUnprocessableEntity, "password", passwordData{first, v.T(key)})
	}
	fresh := v.raw("fresh")
	if fresh != v.raw("again") {
		return again("self.differ")
	}
	if err := CheckPassword(v.Account.Name, fresh); err != nil {
		return again(weakness(err))
	}
	if !first {
		switch ok, err := s.ownPassword(v, v.raw("current")); {
		case err != nil:
			return err
		case !ok:
			return again("self.wrong")
		}
	}
	c, err := s.Store.Credentials(ctx, v.Account.Name)
	if err != nil {
		return err
	}
	same, err := verifyPassword(ctx, c.Hash, fresh)
	if err != nil {
		return err
	}
	if same {
		return again("self.same")
	}
	hash, err := HashPassword(ctx, fresh)
	if err != nil {
		return err
	}
	if err := s.Store.SetPassword(ctx, v.Account.Name, v.Account.Name, hash, time.Time{}); err != nil {
		return err
	}
	if err := v.startSession(v.Account.Name); err != nil {
		return err
	}
	return v.redirect(Root, "self.changed")
}

// weakness is the key of why a new password was not taken.
func weakness(err error) string {
	switch {
	case errors.Is(err, ErrPasswordLength):
		return "self.short"
	case errors.Is(err, ErrPasswordName):
		return "self.named"
	case errors.Is(err, ErrPasswordRepeat):
		return "self.repeats"
	}
	return "self.common"
}

// ownPassword reports whether a password is the visitor's own. Tries are counted as at the sign-in.
func (s *Server) ownPassword(v *visit, password string) (bool, error) {
	key := "self\x00" + v.Account.Name
	if wait := s.tries.take(key, hardTries, v.now()); wait > 0 {
		words, n := waitWords(wait)
		return false, v.fail(http.StatusTooManyRequests, words, n)
	}
	c, err := s.Store.Credentials(v.R.Context(), v.Account.Name)
	if err != nil {
		return false, err
	}
	ok, err := verifyPassword(v.R.Context(), c.Hash, password)
	if ok {
		s.tries.good(key)
	}
	return ok, err
}

type selfData struct {
	Secret, Seal string // of a second factor being set up
	QR           template.URL
	Problem      string
	Sessions     []store.SignedIn
}

func (s *Server) selfPage(v *visit) error { return s.showSelf(v, http.StatusOK, selfData{}) }

func (s *Server) showSelf(v *visit, status int, d selfData) error {
	all, err := s.Store.SessionsOf(v.R.Context(), v.Account.Name, v.token)
	if err != nil {
		return err
	}
	d.Sessions = slices.DeleteFunc(all, func(one store.SignedIn) bool { return over(one.Created, one.Used, v.now()) })
	return s.render(v, status, "self", d)
}

// endOthers signs the account out everywhere but here.
func (s *Server) endOthers(v *visit) error {
	if err := s.askPassword(v); err != nil {
		return err
	}
	if err := s.Store.EndOtherSessions(v.R.Context(), v.Account.Name, v.token); err != nil {
		return err
	}
	return v.redirect(Root+"account", "self.others.done")
}

// startTOTP draws a secret and shows it, to who knows the password: a browser left open must not be enough to lock
// its owner out. Nothing is stored before a code proves that the secret arrived.
func (s *Server) startTOTP(v *visit) error {
	if err := s.askPassword(v); err != nil {
		return err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "smebot", AccountName: v.Account.Name})
	if err != nil {
		return err
	}
	return s.showTOTP(v, http.StatusOK, key, "")
}

func (s *Server) showTOTP(v *visit, status int, key *otp.Key, problem string) error {
	img, err := key.Image(200, 200)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return err
	}
	return s.showSelf(v, status, selfData{
		Secret: key.Secret(), Seal: s.token("totp", v.token, key.Secret()), Problem: problem,
		QR: template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())),
	})
}

func (s *Server) confirmTOTP(v *visit) error {
	secret := v.form("secret")
	if !sameText(v.form("seal"), s.token("totp", v.token, secret)) {
		return v.fail(http.StatusUnprocessableEntity, "error.form")
	}
	step, err := codeStep(secret, v.form("code"), v.now())
	if errors.Is(err, errWrong) {
		key, err := totp.Generate(totp.GenerateOpts{Issuer: "smebot", AccountName: v.Account.Name, Secret: decodeSecret(secret)})
		if err != nil {
			return err
		}
		return s.showTOTP(v, http.StatusUnprocessableEntity, key, v.T("self.totp.wrong"))
	}
	if err != nil {
		return err
	}
	if err := s.Store.SetTOTP(v.R.Context(), v.Account.Name, v.Account.Name, secret); err != nil {
		return err
	}
	if _, err := s.Store.UseCode(v.R.Context(), v.Account.Name, step); err != nil { // a code opens once, this one too
		return err
	}
	if err := v.startSession(v.Account.Name); err != nil { // all others have ended
		return err
	}
	return v.redirect(Root+"account", "self.totp.done")
}

// askPassword checks the password that a form about the second factor carries. With a wrong one the page has been
// shown again.
func (s *Server) askPassword(v *visit) error {
	ok, err := s.ownPassword(v, v.raw("current"))
	if err == nil && !ok {
		if err = s.showSelf(v, http.StatusUnprocessableEntity, selfData{Problem: v.T("self.wrong")}); err == nil {
			err = errDone
		}
	}
	return err
}

func (s *Server) stopTOTP(v *visit) error {
	if err := s.askPassword(v); err != nil {
		return err
	}
	if err := s.Store.SetTOTP(v.R.Context(), v.Account.Name, v.Account.Name, ""); err != nil {
		return err
	}
	if err := v.startSession(v.Account.Name); err != nil {
		return err
	}
	return v.redirect(Root+"account", "self.totp.closed")
}

// decodeSecret turns a secret's text back into its bytes.
func decodeSecret(secret string) []byte {
	b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return nil // its seal was checked: it is one of ours
	}
	return b
}
