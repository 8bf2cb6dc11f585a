package host

// github is GitHub Pages (https://docs.github.com/pages): .nojekyll at the top
// of the destination, so that files whose names begin with "_" are published.
//
// What the host does differently: nearly everything. It has no configuration
// for headers or redirects, and answers all with Cache-Control: max-age=600. A
// page that is read again within ten minutes of a change is the old one; with
// fingerprints it has the old styles and scripts too, so that nothing breaks.
// Redirects are pages of HTML that lead on. The page for what is not there is
// 404.html at the top, for all languages. /guide is sent on to /guide/. A
// project's site is mounted at its name by the host itself, so a base path is no
// folder of the destination. Files are packed by the host.
//
// Limits: a site of 1 GB, files of 100 MiB.
func github() Host {
	return Host{
		Name: "github", Title: "GitHub Pages", Docs: "https://docs.github.com/pages",
		Stubs: true, Files: []string{".nojekyll", "CNAME"}, compile: (*job).github,
	}
}

func (j *job) github() {
	j.publish(".nojekyll", nil)
	j.warn("nothing breaks by it; readers may see a change ten minutes late",
		"the host sends every answer with Cache-Control: max-age=600, and none of the headers in [policy]")
	if len(j.Manifest.Redirects) > 0 {
		j.warn("", "the host cannot redirect: pages of HTML lead on in place of %d redirects", len(j.Manifest.Redirects))
	}
	if len(j.notFounds()) > 1 {
		j.warn("", "the host has one page for what is not there: those of the other languages are not shown")
	}
	total := int64(0)
	for i := range j.Manifest.Files {
		total += j.Manifest.Files[i].Size
	}
	if total > 1<<30 {
		j.fail("the site has %s, and the host publishes 1024 MiB", mebibytes(total))
	}
	j.limits(0, 100<<20)
}
